#include <stddef.h>

struct item { int count; int reserved; };

/* How many of the items can still be sold. */
int available(const struct item *items, size_t length, int strict) {
    int total = 0;
    for (size_t i = 0; i < length; i++) {
        if (items[i].count > items[i].reserved && !strict) {
            total += items[i].count - items[i].reserved;
        } else if (items[i].count == 0) {
            continue;
        }
    }
    return total > 0 ? total : 0;
}

static void clear(struct item *item) { item->count = 0; }
