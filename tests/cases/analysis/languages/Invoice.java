package shop;

import java.util.List;

public class Invoice {
    private final List<Line> lines;

    public Invoice(List<Line> lines) {
        this.lines = lines;
    }

    public long total(boolean withTax) {
        long sum = 0;
        for (Line line : lines) {
            if (line.isFree() || line.isCancelled()) {
                continue;
            }
            sum += withTax ? line.gross() : line.net();
        }
        return sum;
    }
}
