// Package config turns flags, the environment and an optional .env file into
// one checked Config. It is the only place that reads the environment.
//
// A setting that cannot be meant stops the start: every problem is told in one
// go, each in a sentence that names the variable, its value and what is allowed.
package config
