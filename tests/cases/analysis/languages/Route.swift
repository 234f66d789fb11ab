import Foundation

struct Route {
    let stops: [String]

    func distance(to target: String, limit: Int) -> Int? {
        guard !stops.isEmpty else {
            return nil
        }
        for (index, stop) in stops.enumerated() {
            if stop == target && index < limit {
                return index
            }
        }
        return nil
    }
}
