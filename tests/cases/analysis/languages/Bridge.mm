#import <Foundation/Foundation.h>
#include <vector>

@implementation Bridge

- (int)largest:(std::vector<int>)values {
    int best = 0;
    for (int value : values) {
        if (value > best) {
            best = value;
        }
    }
    return best;
}

@end
