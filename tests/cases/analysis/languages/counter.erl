-module(counter).
-export([count/2]).

count(List, Wanted) ->
    case List of
        [] -> 0;
        [Wanted | Rest] -> 1 + count(Rest, Wanted);
        [_ | Rest] -> count(Rest, Wanted)
    end.
