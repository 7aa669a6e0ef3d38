/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the plotter share: points and bars as plain data, and a
 * picture that is drawn twice, as SVG and as PNG. Reading figures is plot.c's,
 * drawing is plot_draw.c's; neither knows the other's library.
 */
#ifndef BENCH_PLOT_H
#define BENCH_PLOT_H

#include <stdbool.h>

/* In this order in legends, and in the order of bars. */
enum series { SERIES_UPSTREAM, SERIES_TWO_PASS, SERIES_FRESH, N_SERIES };

#define MAX_POINTS	16
#define MAX_GROUPS	48

struct point {
	double x, y;
};

/* Both axes are logarithmic: what grows as memory does is a straight line. */
struct curves {
	const char *title, *subtitle, *x_label, *y_label;
	struct point point[N_SERIES][MAX_POINTS];
	int n[N_SERIES];
};

struct group {
	char name[64];
	double value[N_SERIES];
	bool have[N_SERIES];
};

/* Groups of bars that lie, with their names at the left. */
struct bars {
	const char *title, *subtitle, *x_label;
	const char *label[N_SERIES];	/* NULL: that series is not drawn */
	const char *format;		/* of a value, by printf() */
	double goal;			/* a line there; 0: none */
	const char *goal_label;
	struct group group[MAX_GROUPS];
	int n;
};

/* Writes DIR/NAME.svg and DIR/NAME.png; false: it has said why not. */
bool draw_curves(const char *dir, const char *name, const struct curves *c);
bool draw_bars(const char *dir, const char *name, const struct bars *b);

#endif
