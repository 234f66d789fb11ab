const std = @import("std");

pub fn find(items: []const u32, wanted: u32) ?usize {
    for (items, 0..) |item, index| {
        if (item == wanted and index > 0) {
            return index;
        }
    }
    return null;
}

fn half(value: u32) u32 {
    return value / 2;
}
