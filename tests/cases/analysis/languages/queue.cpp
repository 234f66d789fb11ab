#include <string>
#include <vector>

namespace jobs {

template <typename T>
class Queue {
public:
    explicit Queue(std::size_t limit) : limit_(limit) {}

    bool push(T &&value) {
        if (values_.size() >= limit_ || closed_) {
            return false;
        }
        values_.push_back(std::move(value));
        return true;
    }

private:
    std::vector<T> values_;
    std::size_t limit_;
    bool closed_ = false;
};

std::string describe(int code) {
    switch (code) {
    case 0:
        return "done";
    case 1:
        return "waiting";
    default:
        return "unknown";
    }
}

}  // namespace jobs
