package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// table is the one result of a run: quantities down, servers across.
type table struct {
	rows []*row
}

// row is one quantity. Values are kept beside what is shown, so that goals can
// compare.
type row struct {
	what    string
	cells   map[string]string
	values  map[string]float64
	user    map[string]float64 // the user's share of a value, where it has one
	goal    string
	verdict string
}

func (t *table) row(what string) *row {
	r := &row{what: what, cells: map[string]string{}, values: map[string]float64{}, user: map[string]float64{}}
	t.rows = append(t.rows, r)
	return r
}

func (r *row) set(column string, value float64, shown string) {
	r.values[column], r.cells[column] = value, shown
}

// The columns of the table.
const (
	nameTeahouse = "Teahouse"
	namePeer     = "centrifuge"
	nameTuned    = "centrifuge tuned"
	nameFloor    = "floor"
	nameGap      = "floor 10 ms gap"
)

var columns = []string{nameTeahouse, namePeer, nameTuned, nameFloor, nameGap}

// print writes the table as Markdown, with aligned columns.
func (t *table) print(w io.Writer) {
	lines := [][]string{slices.Concat([]string{"what"}, columns, []string{"goal", "met?"})}
	for _, r := range t.rows {
		if len(r.cells) == 0 {
			continue
		}
		line := []string{r.what}
		for _, c := range columns {
			line = append(line, r.cells[c])
		}
		lines = append(lines, append(line, r.goal, r.verdict))
	}
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	rule := make([]string, len(widths))
	for i, n := range widths {
		rule[i] = strings.Repeat("-", n)
	}
	for _, line := range slices.Insert(lines, 1, rule) {
		for i, cell := range line {
			_, _ = fmt.Fprintf(w, "| %s%s ", cell, strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))) // the terminal
		}
		_, _ = fmt.Fprintln(w, "|") // the terminal
	}
}

// How numbers are shown.

func micro(us float64) string {
	switch {
	case us < 1:
		return fmt.Sprintf("%.3f us", us)
	case us < 10:
		return fmt.Sprintf("%.2f us", us)
	}
	return fmt.Sprintf("%.0f us", us)
}

func pair(p50, p99 float64) string { return millis(p50) + " / " + millis(p99) }

func millis(ms float64) string {
	switch {
	case ms < 1:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 20:
		return fmt.Sprintf("%.1f ms", ms)
	}
	return fmt.Sprintf("%.0f ms", ms)
}

// thousands shows a whole number with commas.
func thousands(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func median(all []float64) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	if n := len(all); n%2 == 0 {
		return (all[n/2-1] + all[n/2]) / 2
	}
	return all[len(all)/2]
}
