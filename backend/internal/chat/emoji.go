package chat

import (
	"strings"
	"unicode/utf8"
)

// maxEmojiBytes is more than any emoji takes: a family of four with a colour of
// skin each takes 41.
const maxEmojiBytes = 64

// What emoji are made of beside pictures.
const (
	joiner      = 0x200D
	pictureMark = 0xFE0F // as a picture, and not as a letter
	keycap      = 0x20E3
	tagFlag     = 0x1F3F4
	tagEnd      = 0xE007F
)

// oneEmoji says whether s is exactly one emoji, by its form: a picture, a few of
// them joined, a flag, or a keycap. Whether a font has it is another matter:
// next year's are taken as well. It returns the one spelling of the emoji, as
// keyboards and lists differ in where they put pictureMarks: where there is
// another form than the picture.
func oneEmoji(s string) (emoji string, ok bool) {
	if s == "" || len(s) > maxEmojiBytes || !utf8.ValidString(s) {
		return "", false
	}
	r := []rune(s)
	switch {
	case len(r) == 2 && isFlagLetter(r[0]) && isFlagLetter(r[1]):
		return s, true
	case len(r) == 3 && isKey(r[0]):
		return s, r[1] == pictureMark && r[2] == keycap
	}
	spelt := make([]rune, 0, 2*len(r))
	for joined := false; ; joined = true {
		element, rest, picture := emojiElement(spelt, r)
		switch {
		case len(rest) == len(r):
			return "", false
		case len(rest) == 0:
			return string(element), picture || joined
		case rest[0] != joiner:
			return "", false
		}
		spelt, r = append(element, joiner), rest[1:]
	}
}

// emojiElement takes one element from the beginning of r, and appends its one
// spelling to spelt. picture: it is shown as a picture when it stands alone.
func emojiElement(spelt, r []rune) (element, rest []rune, picture bool) {
	if len(r) == 0 || (!isPicture(r[0]) && !isLetterPicture(r[0])) {
		return spelt, r, false
	}
	first := r[0]
	picture = isPicture(first)
	spelt, r = append(spelt, first), r[1:]
	if len(r) > 0 && isSkin(r[0]) {
		return append(spelt, r[0]), r[1:], true
	}
	if isLetterPicture(first) || strings.ContainsRune(plainPictures, first) {
		spelt = append(spelt, pictureMark)
	}
	switch {
	case len(r) > 0 && r[0] == pictureMark:
		return spelt, r[1:], true
	case first == tagFlag:
		rest = afterTags(r)
		return append(spelt, r[:len(r)-len(rest)]...), rest, true
	}
	return spelt, r, picture
}

// afterTags passes over the letters of a region's flag, if they are there.
func afterTags(r []rune) []rune {
	for i, c := range r {
		switch {
		case c == tagEnd && i > 0:
			return r[i+1:]
		case c < 0xE0030 || c > 0xE007A:
			return r
		}
	}
	return r
}

func isFlagLetter(r rune) bool { return r >= 0x1F1E6 && r <= 0x1F1FF }
func isSkin(r rune) bool       { return r >= 0x1F3FB && r <= 0x1F3FF }
func isKey(r rune) bool        { return (r >= '0' && r <= '9') || r == '#' || r == '*' }

// pictures are shown as such where they stand alone; those of the blocks that
// hold little else are not named.
const pictures = "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎" +
	"⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕🀄🃏🆎🆑🆒🆓🆔🆕" +
	"🆖🆗🆘🆙🆚🈁🈚🈯🈲🈳🈴🈵🈶🈸🈹🈺🉐🉑🟠🟡🟢🟣🟤🟥🟦🟧🟨🟩🟪🟫🟰"

// letterPictures are shown as letters, unless a pictureMark follows.
const letterPictures = "©®‼⁉™ℹ↔↕↖↗↘↙↩↪⌨⏏⏭⏮⏯⏱⏲⏸⏹⏺Ⓜ▪▫▶◀◻◼☀☁☂" +
	"☃☄☎☑☘☝☠☢☣☦☪☮☯☸☹☺♀♂♟♠♣♥♦♨♻♾⚒⚔⚕⚖⚗⚙⚛⚜" +
	"⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷⛸⛹✂✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤➡⤴" +
	"⤵⬅⬆⬇〰〽㊗㊙🅰🅱🅾🅿🈂🈷"

// plainPictures are those of the blocks that some show as plain signs, unless a
// pictureMark follows.
const plainPictures = "🌡🌤🌥🌦🌧🌨🌩🌪🌫🌬🌶🍽🎖🎗🎙🎚🎛🎞🎟🏋🏌🏍🏎🏔🏕🏖🏗🏘🏙🏚🏛🏜🏝🏞🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳🕴🕵🕶🕷🕸🕹" +
	"🖇🖊🖋🖌🖍🖐🖥🖨🖱🖲🖼🗂🗃🗄🗑🗒🗓🗜🗝🗞🗡🗣🗨🗯🗳🗺🛋🛍🛎🛏🛠🛡🛢🛣🛤🛥🛩🛰🛳"

func isPicture(r rune) bool {
	switch {
	case r >= 0x1F300 && r <= 0x1F64F, r >= 0x1F680 && r <= 0x1F6FF, r >= 0x1F90C && r <= 0x1F9FF, r >= 0x1FA70 && r <= 0x1FAFF:
		return true
	}
	return strings.ContainsRune(pictures, r)
}

func isLetterPicture(r rune) bool { return strings.ContainsRune(letterPictures, r) }
