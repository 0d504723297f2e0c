//go:build linux

package main

import "os"

// contender is a server in the race.
type contender struct {
	name    string // the column in the table
	program string
	args    []string
	data    bool // it stores what it is sent
	dialect dialect
}

// field is all who can run.
type field struct {
	teahouse, peer, tuned, floor, gap contender
}

func newField(program string) (field, error) {
	self, err := os.Executable()
	if err != nil {
		return field{}, err
	}
	return field{
		teahouse: contender{name: nameTeahouse, program: program, data: true, dialect: teahouse{}},
		peer:     contender{name: namePeer, program: self, args: []string{"-serve", "centrifuge"}, dialect: centrifuge{}},
		tuned:    contender{name: nameTuned, program: self, args: []string{"-serve", "centrifuge", "-gap", "10ms"}, dialect: centrifuge{}},
		floor:    contender{name: nameFloor, program: self, args: []string{"-serve", "floor"}, dialect: floorDialect{}},
		gap:      contender{name: nameGap, program: self, args: []string{"-serve", "floor", "-gap", "10ms"}, dialect: floorDialect{}},
	}, nil
}
