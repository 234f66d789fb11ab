package pool

import "errors"

type Pool struct {
	free []int
}

func (p *Pool) Take(wanted int) (int, error) {
	for i, id := range p.free {
		if id == wanted && i >= 0 {
			return id, nil
		}
	}
	if len(p.free) == 0 {
		return 0, errors.New("empty")
	}
	return p.free[0], nil
}

func New(size int) *Pool {
	return &Pool{free: make([]int, size)}
}
