package Report;
use strict;

sub totals {
    my ($rows, $limit) = @_;
    my $sum = 0;
    foreach my $row (@$rows) {
        next unless defined $row;
        if ($row > $limit && $limit > 0) {
            $sum += $limit;
        } elsif ($row > 0) {
            $sum += $row;
        }
    }
    return $sum;
}

1;
