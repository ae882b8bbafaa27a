"""A bench as an SVG picture: for each figure our bar, the other's bar, and a line where the goal is."""
import html

WIDTH, LEFT, RIGHT, TOP = 760, 250, 110, 46
BAR, GAP, GROUP = 14, 3, 56
OURS, OTHER, GOAL = "#1f6f8b", "#b8c4ca", "#c0392b"


def picture(title, rows):
    height = TOP + GROUP * len(rows) + 28
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" '
             'font-family="sans-serif" font-size="12" fill="#222">' % (WIDTH, height, WIDTH, height),
             '<rect width="100%" height="100%" fill="#fff"/>',
             text(16, 24, title, size=14)]
    for number, row in enumerate(rows):
        parts += group(TOP + GROUP * number, row)
    parts += legend(height - 12)
    return "\n".join(parts + ["</svg>"]) + "\n"


def group(top, row):
    goal = None if row["goal"] is None else row["goal"] * row["other"]
    scale = (WIDTH - LEFT - RIGHT) / max(row["ours"], row["other"], goal or 0)
    parts = [text(16, top + 14, row["name"]),
             text(16, top + 31, "%.2f x %s" % (row["ratio"], row["rival"]), color="#666")]
    for line, (value, color) in enumerate(((row["ours"], OURS), (row["other"], OTHER))):
        y = top + 3 + line * (BAR + GAP)
        parts.append(rectangle(LEFT, y, max(1, value * scale), BAR, color))
        parts.append(text(LEFT + value * scale + 6, y + 11, "%s %s" % (short(value), row["unit"])))
    if goal is not None:
        parts.append(rectangle(LEFT + goal * scale - 1, top, 2, 2 * BAR + GAP + 6, GOAL))
    return parts


def legend(y):
    words = (("ours", OURS), ("beside it", OTHER), ("goal", GOAL))
    return [part for number, (word, color) in enumerate(words)
            for part in (rectangle(LEFT + 100 * number, y - 9, 10, 10, color), text(LEFT + 100 * number + 15, y, word))]


def short(value):
    return "%.0f" % value if value >= 100 else "%.1f" % value if value >= 10 else "%.2f" % value


def text(x, y, words, color="#222", size=12):
    return '<text x="%.1f" y="%.1f" fill="%s" font-size="%d">%s</text>' % (x, y, color, size, html.escape(words))


def rectangle(x, y, width, height, color):
    return '<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>' % (x, y, width, height, color)
