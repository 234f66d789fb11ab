#import <Foundation/Foundation.h>

@implementation Store

- (NSInteger)countOf:(NSString *)name inside:(NSArray *)items {
    NSInteger count = 0;
    for (NSString *item in items) {
        if ([item isEqualToString:name] && item.length > 0) {
            count++;
        }
    }
    return count;
}

@end
