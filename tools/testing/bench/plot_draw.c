// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pictures by cairo: curves over two logarithmic axes, and lying bars. Each is
 * drawn by one function, once as SVG and once, twice as large, as PNG. Colours
 * are told apart without colour, too: by shape, or by order.
 */
#include <cairo-svg.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plot.h"

#define FONT		"DejaVu Sans"
#define SMALL		11.0
#define NORMAL		13.0
#define LARGE		16.0
#define PNG_SCALE	2.0
#define TAU		(2 * M_PI)
#define SLACK		0.000001	/* a logarithm may come out a little off */

#define WIDTH		760.0
#define LEFT		116.0		/* of a plot with curves */
#define NAMES		176.0		/* of one with bars */
#define RIGHT		28.0
#define TOP		96.0
#define BOTTOM		64.0
#define CURVES_HEIGHT	500.0
#define BAR		11.0
#define GROUP_GAP	13.0
#define VALUE_ROOM	60.0		/* behind the longest bar */

static const struct {
	double r, g, b;
} colours[N_SERIES] = {
	[SERIES_UPSTREAM] = { 0.45, 0.45, 0.45 },
	[SERIES_TWO_PASS] = { 0.10, 0.36, 0.66 },
	[SERIES_FRESH] = { 0.88, 0.48, 0.08 },
};

static const char *const names[N_SERIES] = {
	[SERIES_UPSTREAM] = "upstream",
	[SERIES_TWO_PASS] = "two-pass",
	[SERIES_FRESH] = "fresh",
};

enum align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

static void colour(cairo_t *cr, enum series s)
{
	cairo_set_source_rgb(cr, colours[s].r, colours[s].g, colours[s].b);
}

static void grey(cairo_t *cr, double level)
{
	cairo_set_source_rgb(cr, level, level, level);
}

static void text(cairo_t *cr, double x, double y, double size, enum align align,
		 const char *s)
{
	cairo_text_extents_t e;

	cairo_set_font_size(cr, size);
	cairo_text_extents(cr, s, &e);
	if (align != ALIGN_LEFT)
		x -= e.x_advance * (align == ALIGN_RIGHT ? 1.0 : 0.5);
	cairo_move_to(cr, x, y);
	cairo_show_text(cr, s);
}

static void line(cairo_t *cr, double x0, double y0, double x1, double y1)
{
	cairo_move_to(cr, x0, y0);
	cairo_line_to(cr, x1, y1);
	cairo_stroke(cr);
}

static void head(cairo_t *cr, double left, const char *title,
		 const char *subtitle)
{
	grey(cr, 0.1);
	cairo_select_font_face(cr, FONT, CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_BOLD);
	text(cr, left, 28, LARGE, ALIGN_LEFT, title);
	cairo_select_font_face(cr, FONT, CAIRO_FONT_SLANT_NORMAL,
			       CAIRO_FONT_WEIGHT_NORMAL);
	grey(cr, 0.35);
	text(cr, left, 48, SMALL, ALIGN_LEFT, subtitle);
}

/* A square, a disc, a triangle. */
static void marker(cairo_t *cr, enum series s, double x, double y)
{
	const double r = 4.5;

	colour(cr, s);
	if (s == SERIES_UPSTREAM) {
		cairo_rectangle(cr, x - r, y - r, 2 * r, 2 * r);
	} else if (s == SERIES_TWO_PASS) {
		cairo_arc(cr, x, y, r, 0, TAU);
	} else {
		cairo_move_to(cr, x, y - r);
		cairo_line_to(cr, x + r, y + r);
		cairo_line_to(cr, x - r, y + r);
		cairo_close_path(cr);
	}
	cairo_fill(cr);
}

/* A logarithmic axis, from one power of its base to another. */
struct axis {
	double low, high;		/* logarithms to @base */
	double base;
	double from, to;		/* on paper */
};

static double place(const struct axis *a, double value)
{
	const double at = (log(value) / log(a->base) - a->low) /
			  (a->high - a->low);

	return a->from + at * (a->to - a->from);
}

static struct axis axis_for(const struct curves *c, bool vertical, double base)
{
	double low = INFINITY, high = -INFINITY;
	struct axis a = { .base = base };

	for (int s = 0; s < N_SERIES; s++)
		for (int i = 0; i < c->n[s]; i++) {
			const struct point *p = &c->point[s][i];
			const double v = log(vertical ? p->y : p->x) / log(base);

			low = fmin(low, v);
			high = fmax(high, v);
		}
	a.low = floor(low + SLACK);
	a.high = fmax(ceil(high - SLACK), a.low + 1);
	a.from = vertical ? CURVES_HEIGHT - BOTTOM : LEFT;
	a.to = vertical ? TOP : WIDTH - RIGHT;
	return a;
}

static void grid_x(cairo_t *cr, const struct axis *x, const char *label)
{
	char s[32];

	for (double e = x->low; e <= x->high; e++) {
		const double at = place(x, pow(x->base, e));

		grey(cr, 0.88);
		line(cr, at, TOP, at, CURVES_HEIGHT - BOTTOM);
		grey(cr, 0.2);
		snprintf(s, sizeof(s), "%g", pow(x->base, e));
		text(cr, at, CURVES_HEIGHT - BOTTOM + 18, SMALL, ALIGN_CENTRE, s);
	}
	text(cr, (x->from + x->to) / 2, CURVES_HEIGHT - 18, NORMAL,
	     ALIGN_CENTRE, label);
}

/* 1, 10, 100, thousand, million: what people say. */
static void say_power(char *s, size_t len, double e)
{
	static const char *const words[] = { "", " thousand", " million",
					     " billion", " trillion" };
	const int k = e < 0 ? 0 : e / 3 > 4 ? 4 : (int)(e / 3);

	snprintf(s, len, "%g%s", pow(10, e - 3 * k), words[k]);
}

static void grid_y(cairo_t *cr, const struct axis *y, const char *label)
{
	const double middle = (y->from + y->to) / 2;
	char s[32];

	for (double e = y->low; e <= y->high; e++) {
		const double at = place(y, pow(10, e));

		grey(cr, 0.88);
		line(cr, LEFT, at, WIDTH - RIGHT, at);
		grey(cr, 0.2);
		say_power(s, sizeof(s), e);
		text(cr, LEFT - 8, at + 4, SMALL, ALIGN_RIGHT, s);
	}
	cairo_save(cr);
	cairo_translate(cr, 0, middle);
	cairo_rotate(cr, -TAU / 4);
	text(cr, 0, LEFT - 94, NORMAL, ALIGN_CENTRE, label);
	cairo_restore(cr);
}

/* Two that are the same can both be seen. */
static void pen(cairo_t *cr, enum series s)
{
	colour(cr, s);
	cairo_set_line_width(cr, 2);
	if (s == SERIES_FRESH)
		cairo_set_dash(cr, (const double[]){ 6, 4 }, 2, 0);
}

static void curve(cairo_t *cr, const struct curves *c, enum series s,
		  const struct axis *x, const struct axis *y)
{
	pen(cr, s);
	for (int i = 0; i < c->n[s]; i++)
		cairo_line_to(cr, place(x, c->point[s][i].x),
			      place(y, c->point[s][i].y));
	cairo_stroke(cr);
	cairo_set_dash(cr, NULL, 0, 0);
	for (int i = 0; i < c->n[s]; i++)
		marker(cr, s, place(x, c->point[s][i].x),
		       place(y, c->point[s][i].y));
}

static double longest(const struct axis *x)
{
	return pow(x->base, x->high);
}

/* What a series would be if it grew just as memory does, from its first point. */
static void guide(cairo_t *cr, const struct point *p, const struct axis *x,
		  const struct axis *y)
{
	cairo_save(cr);
	cairo_rectangle(cr, x->from, y->to, x->to - x->from, y->from - y->to);
	cairo_clip(cr);
	grey(cr, 0.65);
	cairo_set_line_width(cr, 1);
	cairo_set_dash(cr, (const double[]){ 2, 3 }, 2, 0);
	line(cr, place(x, p->x), place(y, p->y), place(x, longest(x)),
	     place(y, p->y * longest(x) / p->x));
	cairo_restore(cr);
}

static void legend(cairo_t *cr, const struct curves *c)
{
	double x = LEFT;

	for (int s = 0; s < N_SERIES; s++) {
		if (!c->n[s])
			continue;
		pen(cr, s);
		line(cr, x, 72, x + 28, 72);
		cairo_set_dash(cr, NULL, 0, 0);
		marker(cr, s, x + 14, 72);
		grey(cr, 0.1);
		text(cr, x + 36, 76, NORMAL, ALIGN_LEFT, names[s]);
		x += 128;
	}
	grey(cr, 0.65);
	cairo_set_line_width(cr, 1);
	cairo_set_dash(cr, (const double[]){ 2, 3 }, 2, 0);
	line(cr, x, 72, x + 28, 72);
	cairo_set_dash(cr, NULL, 0, 0);
	grey(cr, 0.1);
	text(cr, x + 36, 76, NORMAL, ALIGN_LEFT, "in proportion to memory");
}

static void paint_curves(cairo_t *cr, const void *what)
{
	const struct curves *c = what;
	const struct axis x = axis_for(c, false, 2), y = axis_for(c, true, 10);

	head(cr, LEFT, c->title, c->subtitle);
	cairo_set_line_width(cr, 1);
	grid_x(cr, &x, c->x_label);
	grid_y(cr, &y, c->y_label);
	for (int s = 0; s < N_SERIES; s++)
		if (c->n[s])
			guide(cr, &c->point[s][0], &x, &y);
	for (int s = 0; s < N_SERIES; s++)
		curve(cr, c, s, &x, &y);
	legend(cr, c);
}

static int drawn(const struct bars *b)
{
	int n = 0;

	for (int s = 0; s < N_SERIES; s++)
		if (b->label[s])
			n++;
	return n;
}

static double group_height(const struct bars *b)
{
	return drawn(b) * BAR + GROUP_GAP;
}

static double bars_height(const struct bars *b)
{
	return TOP + b->n * group_height(b) + BOTTOM;
}

static double largest(const struct bars *b)
{
	double most = b->goal;

	for (int i = 0; i < b->n; i++)
		for (int s = 0; s < N_SERIES; s++)
			if (b->label[s] && b->group[i].have[s])
				most = fmax(most, b->group[i].value[s]);
	return most > 0 ? most : 1;
}

/* 1, 2 or 5 times a power of ten, so that there are five to ten of them. */
static double step_for(double most)
{
	const double power = pow(10, floor(log10(most / 5)));
	const double times = most / 5 / power;

	return power * (times >= 5 ? 5 : times >= 2 ? 2 : 1);
}

/* The paper's place of a value. */
static double along(const struct bars *b, double value)
{
	return NAMES + value / largest(b) * (WIDTH - NAMES - RIGHT - VALUE_ROOM);
}

static void bars_grid(cairo_t *cr, const struct bars *b)
{
	const double foot = bars_height(b) - BOTTOM;
	const double step = step_for(largest(b));
	char s[32];

	cairo_set_line_width(cr, 1);
	for (double v = 0; v <= largest(b) * 1.0001; v += step) {
		grey(cr, 0.88);
		line(cr, along(b, v), TOP - 6, along(b, v), foot);
		grey(cr, 0.2);
		snprintf(s, sizeof(s), "%g", v);
		text(cr, along(b, v), foot + 16, SMALL, ALIGN_CENTRE, s);
	}
	text(cr, (along(b, 0) + along(b, largest(b))) / 2, foot + 44, NORMAL,
	     ALIGN_CENTRE, b->x_label);
}

static void bars_goal(cairo_t *cr, const struct bars *b)
{
	const double x = along(b, b->goal);

	if (!(b->goal > 0))
		return;
	cairo_set_source_rgb(cr, 0.75, 0.1, 0.1);
	cairo_set_line_width(cr, 1.5);
	cairo_set_dash(cr, (const double[]){ 5, 3 }, 2, 0);
	line(cr, x, TOP - 6, x, bars_height(b) - BOTTOM);
	cairo_set_dash(cr, NULL, 0, 0);
	text(cr, x, TOP - 10, SMALL, ALIGN_CENTRE, b->goal_label);
}

/* The number stands on white, so that no line goes through it. */
static void bar(cairo_t *cr, const struct bars *b, enum series i, double value,
		double y)
{
	const double end = along(b, value);
	cairo_text_extents_t e;
	char s[32];

	colour(cr, i);
	cairo_rectangle(cr, NAMES, y + 1, end - NAMES, BAR - 2);
	cairo_fill(cr);
	snprintf(s, sizeof(s), b->format, value);
	cairo_set_font_size(cr, BAR - 1);
	cairo_text_extents(cr, s, &e);
	grey(cr, 1);
	cairo_rectangle(cr, end + 3, y + 0.5, e.x_advance + 4, BAR - 1);
	cairo_fill(cr);
	grey(cr, 0.1);
	text(cr, end + 5, y + BAR - 2, BAR - 1, ALIGN_LEFT, s);
}

static void bars_group(cairo_t *cr, const struct bars *b, const struct group *g,
		       double y)
{
	grey(cr, 0.1);
	text(cr, NAMES - 8, y + drawn(b) * BAR / 2 + 4, SMALL, ALIGN_RIGHT,
	     g->name);
	for (int i = 0; i < N_SERIES; i++) {
		if (!b->label[i])
			continue;
		if (g->have[i])
			bar(cr, b, i, g->value[i], y);
		y += BAR;
	}
}

static void bars_legend(cairo_t *cr, const struct bars *b)
{
	double x = 20;

	for (int s = 0; s < N_SERIES; s++) {
		cairo_text_extents_t e;

		if (!b->label[s])
			continue;
		colour(cr, s);
		cairo_rectangle(cr, x, 62, 16, 11);
		cairo_fill(cr);
		grey(cr, 0.1);
		text(cr, x + 22, 72, NORMAL, ALIGN_LEFT, b->label[s]);
		cairo_text_extents(cr, b->label[s], &e);
		x += 22 + e.x_advance + 24;
	}
}

static void paint_bars(cairo_t *cr, const void *what)
{
	const struct bars *b = what;
	double y = TOP + GROUP_GAP / 2;

	head(cr, 20, b->title, b->subtitle);
	bars_legend(cr, b);
	bars_grid(cr, b);
	bars_goal(cr, b);
	for (int i = 0; i < b->n; i++, y += group_height(b))
		bars_group(cr, b, &b->group[i], y);
}

typedef void (*painter_fn)(cairo_t *cr, const void *what);

/* Takes the surface, and is done with it. */
static cairo_status_t paint(cairo_surface_t *surface, double scale,
			    painter_fn painter, const void *what, const char *png)
{
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	cairo_scale(cr, scale, scale);
	grey(cr, 1);
	cairo_paint(cr);
	painter(cr, what);
	status = cairo_status(cr);
	cairo_destroy(cr);
	if (!status && png)
		status = cairo_surface_write_to_png(surface, png);
	cairo_surface_finish(surface);
	if (!status)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	return status;
}

static bool written(const char *path, cairo_status_t status)
{
	if (status)
		fprintf(stderr, "plot: %s: %s\n", path,
			cairo_status_to_string(status));
	return !status;
}

static bool save(const char *dir, const char *name, double height,
		 painter_fn painter, const void *what)
{
	char path[PATH_MAX];
	cairo_surface_t *surface;

	snprintf(path, sizeof(path), "%s/%s.svg", dir, name);
	surface = cairo_svg_surface_create(path, WIDTH, height);
	if (!written(path, paint(surface, 1, painter, what, NULL)))
		return false;
	snprintf(path, sizeof(path), "%s/%s.png", dir, name);
	surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24,
					     WIDTH * PNG_SCALE,
					     height * PNG_SCALE);
	if (!written(path, paint(surface, PNG_SCALE, painter, what, path)))
		return false;
	fprintf(stderr, "plot: %s/%s.svg and .png\n", dir, name);
	return true;
}

bool draw_curves(const char *dir, const char *name, const struct curves *c)
{
	return save(dir, name, CURVES_HEIGHT, paint_curves, c);
}

bool draw_bars(const char *dir, const char *name, const struct bars *b)
{
	return save(dir, name, bars_height(b), paint_bars, b);
}
