package chat

import (
	"errors"
	"fmt"
)

// Code is a machine-readable reason, one of the error codes of PROTOCOL.md.
type Code string

// The codes of the protocol.
const (
	BadJSON         Code = "bad_json"
	UnknownOp       Code = "unknown_op"
	Invalid         Code = "invalid"
	TooLong         Code = "too_long"
	Unauthenticated Code = "unauthenticated"
	Forbidden       Code = "forbidden"
	NotFound        Code = "not_found"
	Conflict        Code = "conflict"
	RateLimited     Code = "rate_limited"
	Unavailable     Code = "unavailable"
	Internal        Code = "internal"
)

// Error is a refusal that may be told to the one who asked: a code for
// programs and a sentence for people.
type Error struct {
	Code    Code
	Detail  string
	Field   string // the field at fault, with Invalid
	Limit   int64  // the limit, in bytes of UTF-8, with TooLong
	RetryMS int64  // when to try again, in milliseconds, with RateLimited
}

// Error returns the code and the sentence.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// Errorf makes an Error with a formatted sentence.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// InvalidField makes an Error of code Invalid that names the field at fault.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Detail: fmt.Sprintf(format, args...)}
}

// AsError returns err as an Error. What carries no code is Internal, and its
// text is kept from the reader.
func AsError(err error) *Error {
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return &Error{Code: Internal, Detail: "something went wrong on the server; nothing was written"}
}

// Reasons that a Store gives. Chat turns them into Errors with a sentence
// that fits the case.
var (
	// ErrNotFound: there is no such room, user, session or event.
	ErrNotFound = errors.New("not found")
	// ErrTaken: the room id or the name belongs to somebody else.
	ErrTaken = errors.New("taken")
	// ErrFull: a quota of the installation is used up.
	ErrFull = errors.New("quota used up")
	// ErrUnknown: whether the command took effect is not known to anybody.
	// Asking again with the same id tells.
	ErrUnknown = &Error{Code: Unavailable, Detail: "it is not known whether this took effect; ask again with the same id"}
	// ErrUnavailable: the store cannot write now; nothing was written.
	ErrUnavailable = &Error{Code: Unavailable, Detail: "the server cannot store anything right now; nothing was written, try again"}
)
