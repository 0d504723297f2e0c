package main

import (
	"fmt"
	"strings"
)

// demand is one part of a goal: what was measured has to be at most (or, with
// atLeast, at least) the limit.
type demand struct {
	name    string // how the limit is called, such as "1.3 x floor"
	got     float64
	limit   float64
	atLeast bool
}

func (d demand) met() bool {
	if d.atLeast {
		return d.got >= d.limit
	}
	return d.got <= d.limit
}

// verdict says of each part that is not met by how much it is missed.
func verdict(all ...demand) string {
	var missed, met []string
	for _, d := range all {
		if d.limit == 0 || d.got == 0 {
			continue // not measured in this run
		}
		factor := d.got / d.limit
		if d.atLeast {
			factor = d.limit / d.got
		}
		if d.met() {
			met = append(met, fmt.Sprintf("%s met", d.name))
		} else {
			missed = append(missed, fmt.Sprintf("%s missed by %.2f x", d.name, factor))
		}
	}
	if len(missed) == 0 && len(met) > 0 {
		return "yes"
	}
	return strings.Join(append(missed, met...), "; ")
}

// judge compares the rows of a fan-out with the goals of the project.
func judge(key string, cost, speed, delay *row) {
	own, peer, floor := cost.values[nameTeahouse], cost.values[namePeer], cost.values[nameFloor]
	user := cost.user[nameTeahouse]
	less := func(times float64) demand {
		return demand{name: fmt.Sprintf("%g x less than centrifuge", times), got: own, limit: peer / times}
	}
	floored := func(times float64) demand {
		return demand{name: fmt.Sprintf("%g x floor", times), got: own, limit: times * floor}
	}
	switch key {
	case "A", "G":
		cost.goal = "user at most 0.45 us; total at most 1.3 x floor"
		cost.verdict = verdict(demand{name: "0.45 us user", got: user, limit: 0.45}, floored(1.3))
	case "B":
		cost.goal = "at most 0.28 us or 1.9 x floor; 3 x less than centrifuge"
		cost.verdict = verdict(demand{name: "0.28 us or 1.9 x floor", got: own, limit: max(0.28, 1.9*floor)}, less(3))
		speed.goal = "twice centrifuge's"
		speed.verdict = verdict(demand{name: "twice", got: speed.values[nameTeahouse], limit: 2 * speed.values[namePeer], atLeast: true})
	case "C":
		cost.goal = "at most 1.6 x floor; 2.2 x less than centrifuge"
		cost.verdict = verdict(floored(1.6), less(2.2))
	case "H":
		cost.goal = "3 x less than centrifuge"
		cost.verdict = verdict(less(3))
		delay.goal = "p99 of 20 ms or better"
		delay.verdict = verdict(demand{name: "20 ms", got: delay.values[nameTeahouse], limit: 20})
	}
}
