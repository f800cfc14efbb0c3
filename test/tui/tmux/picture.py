"""Draws what `tmux capture-pane -e -p` prints as a PNG: python picture.py CAPTURE.txt PICTURE.png COLUMNS"""

import re
import sys

from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/truetype/dejavu/DejaVuSansMono{}.ttf"
SIZE = 15
CELL_WIDTH, CELL_HEIGHT = 9, 18
MARGIN = 12
BACKGROUND, FOREGROUND = (16, 18, 23), (222, 226, 232)
BASIC = [
    (40, 44, 52), (224, 94, 94), (120, 200, 120), (222, 184, 90), (96, 150, 240), (190, 130, 220), (86, 196, 206),
    (222, 226, 232), (110, 116, 128), (255, 120, 120), (150, 230, 150), (250, 214, 120), (130, 180, 255),
    (220, 160, 250), (120, 226, 236), (255, 255, 255),
]
CUBE = [0, 95, 135, 175, 215, 255]


def palette(index):
    if index < 16:
        return BASIC[index]
    if index >= 232:
        return (8 + 10 * (index - 232),) * 3
    index -= 16
    return CUBE[index // 36], CUBE[index // 6 % 6], CUBE[index % 6]


class Style:
    def __init__(self):
        self.reset()

    def reset(self):
        self.text, self.behind = None, None
        self.bold = self.dim = self.reverse = False

    def apply(self, codes):
        codes = [int(code) if code else 0 for code in codes]
        while codes:
            code = codes.pop(0)
            if code == 0:
                self.reset()
            elif code in (1, 2, 7):
                self.bold, self.dim, self.reverse = self.bold or code == 1, self.dim or code == 2, self.reverse or code == 7
            elif code == 22:
                self.bold = self.dim = False
            elif code == 27:
                self.reverse = False
            elif code in (38, 48):
                kind = codes.pop(0)
                color = palette(codes.pop(0)) if kind == 5 else tuple(codes.pop(0) for _ in range(3))
                if code == 38:
                    self.text = color
                else:
                    self.behind = color
            elif 30 <= code < 38 or 90 <= code < 98:
                self.text = BASIC[code - 30 if code < 38 else code - 82]
            elif 40 <= code < 48 or 100 <= code < 108:
                self.behind = BASIC[code - 40 if code < 48 else code - 92]
            elif code == 39:
                self.text = None
            elif code == 49:
                self.behind = None

    def colors(self):
        text, behind = self.text or FOREGROUND, self.behind or BACKGROUND
        if self.dim:
            text = tuple((6 * a + 4 * b) // 10 for a, b in zip(text, BACKGROUND))
        return (behind, text) if self.reverse else (text, behind)


def draw_sign(draw, sign, x, y, color, font):
    """Blocks and braille as shapes, so that they join; everything else from the font."""
    code = ord(sign)
    right, bottom = x + CELL_WIDTH - 1, y + CELL_HEIGHT - 1
    if sign == "▀":
        draw.rectangle((x, y, right, y + CELL_HEIGHT // 2 - 1), fill=color)
    elif 0x2589 <= code <= 0x258F:
        eighths = 8 - (code - 0x2588)
        draw.rectangle((x, y + 3, x + round(CELL_WIDTH * eighths / 8) - 1, bottom - 3), fill=color)
    elif sign == "█":
        draw.rectangle((x, y + 3, right, bottom - 3), fill=color)
    elif sign in "─━":
        draw.rectangle((x, y + CELL_HEIGHT // 2 - (sign == "━"), right, y + CELL_HEIGHT // 2), fill=color)
    elif 0x2800 <= code < 0x2900:
        for bit, (column, row) in enumerate([(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]):
            if code - 0x2800 >> bit & 1:
                left, top = x + 1 + column * 5, y + 2 + row * 4
                draw.rectangle((left, top, left + 2, top + 2), fill=color)
    else:
        draw.text((x, y), sign, font=font, fill=color)


def main(capture, picture, columns):
    lines = open(capture, encoding="utf-8").read().rstrip("\n").split("\n")
    image = Image.new("RGB", (2 * MARGIN + columns * CELL_WIDTH, 2 * MARGIN + len(lines) * CELL_HEIGHT), BACKGROUND)
    draw = ImageDraw.Draw(image)
    fonts = {bold: ImageFont.truetype(FONTS.format("-Bold" if bold else ""), SIZE) for bold in (False, True)}
    style = Style()
    for row, line in enumerate(lines):
        column = 0
        for escape, sign in re.findall(r"\x1b\[([\d;]*)m|([^\x1b\x0e\x0f])", line):
            if not sign:
                style.apply(escape.split(";"))
                continue
            x, y = MARGIN + column * CELL_WIDTH, MARGIN + row * CELL_HEIGHT
            text, behind = style.colors()
            if behind != BACKGROUND:
                draw.rectangle((x, y, x + CELL_WIDTH - 1, y + CELL_HEIGHT - 1), fill=behind)
            if sign != " ":
                draw_sign(draw, sign, x, y, text, fonts[style.bold])
            column += 1
    image.save(picture, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
