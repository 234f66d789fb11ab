extends Node2D

var speed = 200

func move(direction, delta):
	if direction == null:
		return
	for axis in direction:
		if axis != 0:
			position += axis * speed * delta

func stop():
	speed = 0
