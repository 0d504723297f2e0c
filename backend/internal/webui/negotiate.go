package webui

import (
	"strconv"
	"strings"
)

// choose picks the form of a file that the client likes best; of equally liked
// ones the first. The last one is the file as it is, which everybody takes.
func choose(accept []string, encodings []encoding) encoding {
	weights := parseAccept(accept)
	best, bestWeight := encodings[len(encodings)-1], 0.0
	for _, e := range encodings[:len(encodings)-1] {
		weight, named := weights[e.name]
		if !named {
			weight = weights["*"]
		}
		if weight > bestWeight {
			best, bestWeight = e, weight
		}
	}
	return best
}

// parseAccept reads Accept-Encoding into weights; what cannot be read weighs nothing.
func parseAccept(lines []string) map[string]float64 {
	weights := map[string]float64{}
	for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		name, parameter, weighted := strings.Cut(item, ";")
		weight := 1.0
		if weighted {
			q, ok := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(parameter), " ", ""), "q=")
			parsed, err := strconv.ParseFloat(q, 64)
			if !ok || err != nil || !(parsed >= 0 && parsed <= 1) {
				parsed = 0
			}
			weight = parsed
		}
		weights[strings.ToLower(strings.TrimSpace(name))] = weight
	}
	return weights
}

// matches reports whether If-None-Match names the entity tag, weakly compared.
func matches(lines []string, etag string) bool {
	for tag := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
		if tag == etag || tag == "*" {
			return true
		}
	}
	return false
}
