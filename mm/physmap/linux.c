// SPDX-License-Identifier: GPL-2.0-only
/*
 * The face that Linux sees of physmap, the same on every architecture: the
 * command-line parameters, a few dmesg lines and debugfs. It only reads maps,
 * reports and traces. The one file in mm/physmap/ that is not built on the
 * host.
 */
#define pr_fmt(fmt) "physmap: " fmt

#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <physmap/linux.h>

enum mode { MODE_TWO_PASS, MODE_FRESH, MODE_OFF };

static const char * const mode_names[] = { "two-pass", "fresh", "off" };
static enum mode mode __ro_after_init;

/* The architecture's map; empty until the first build is begun. */
static struct physmap_linux face;

#ifdef CONFIG_PHYSMAP_FAULTS
static u32 fail_table;
static unsigned int fail_hypercall;

static int __init parse_fail_hypercall(char *arg)
{
	if (!arg || kstrtouint(arg, 0, &fail_hypercall))
		pr_warn("physmap_fail_hypercall=%s is not a number; no hypercall fails\n",
			arg ? arg : "");
	return 0;
}
early_param("physmap_fail_hypercall", parse_fail_hypercall);
#endif

static int __init parse_mode(char *arg)
{
	int i = arg ? match_string(mode_names, ARRAY_SIZE(mode_names), arg) :
		      -EINVAL;

	if (i < 0) {
		pr_warn("physmap=%s is not known; use two-pass, fresh or off; going on with %s\n",
			arg ? arg : "", mode_names[mode]);
		return 0;
	}
	mode = i;
	return 0;
}
early_param("physmap", parse_mode);

/**
 * physmap_linux_on() - is the builder to be used at all
 *
 * Context: once early parameters are parsed.
 * Return: false with physmap=off.
 */
bool physmap_linux_on(void)
{
	return mode != MODE_OFF;
}

/**
 * physmap_linux_policy() - the policy for builds at boot
 *
 * Return: final-on-fresh with physmap=fresh, else two-pass.
 */
enum physmap_policy physmap_linux_policy(void)
{
	return mode == MODE_FRESH ? PHYSMAP_FINAL_ON_FRESH : PHYSMAP_TWO_PASS;
}

/**
 * physmap_linux_refuse_table() - is this table page to be refused for a test
 *
 * Return: true if the caller is to act as if there were no memory: only with
 * CONFIG_PHYSMAP_FAULTS, and when debugfs physmap/fail_table has counted down.
 */
bool physmap_linux_refuse_table(void)
{
#ifdef CONFIG_PHYSMAP_FAULTS
	if (fail_table == 1)
		return true;
	if (fail_table)
		fail_table--;
#endif
	return false;
}

/**
 * physmap_linux_refuse_hypercall() - is this hypercall to fail for a test
 *
 * Return: true for one hypercall, the one that physmap_fail_hypercall= on the
 * command line counts down to, and only with CONFIG_PHYSMAP_FAULTS.
 */
bool physmap_linux_refuse_hypercall(void)
{
#ifdef CONFIG_PHYSMAP_FAULTS
	if (fail_hypercall)
		return !--fail_hypercall;
#endif
	return false;
}

/**
 * physmap_linux_say() - a refusal as one line of text
 * @why: refusal
 * @text: buffer
 * @size: its bytes
 */
void physmap_linux_say(const struct physmap_refusal *why, char *text,
		       size_t size)
{
	snprintf(text, size,
		 "level %u, address %#llx, pfn %#llx, mfn %#llx: %s (%s, error %d)",
		 why->level, why->va, why->pa >> PAGE_SHIFT, why->machine,
		 why->what, why->rule, why->error);
}

/**
 * physmap_linux_register() - hand over an architecture's map
 * @lin: what it consists of; copied
 *
 * Context: before anything is built, or once it is clear that nothing will be.
 */
void physmap_linux_register(const struct physmap_linux *lin)
{
	face = *lin;
}

struct seq_out {
	struct physmap_out out;
	struct seq_file *seq;
};

__printf(2, 0)
static void seq_vprint(struct physmap_out *out, const char *fmt, va_list args)
{
	seq_vprintf(container_of(out, struct seq_out, out)->seq, fmt, args);
}

static int report_show(struct seq_file *seq, void *unused)
{
	struct seq_out to = { .out.vprint = seq_vprint, .seq = seq };

	seq_printf(seq, "version: 1\npolicy: %s\n", mode_names[mode]);
	if (mode == MODE_OFF)
		return 0;
	seq_puts(seq, "features:");
	face.features(&to.out);
	seq_puts(seq, "\n");
	face.backend(&to.out);
	physmap_print_report(&to.out, face.map, face.report);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(report);

/* An audit's words, into a file or into dmesg. */
struct words {
	struct physmap_sink sink;
	struct seq_out to;
	u64 ranges;
};

static void no_range(struct physmap_sink *sink,
		     const struct physmap_audit_range *range)
{
	container_of(sink, struct words, sink)->ranges++;
}

static void no_finding(struct physmap_sink *sink,
		       const struct physmap_audit_finding *finding)
{
}

static void seq_range(struct physmap_sink *sink,
		      const struct physmap_audit_range *range)
{
	struct words *w = container_of(sink, struct words, sink);

	physmap_print_range(&w->to.out, face.map->geo, range);
}

static void seq_finding(struct physmap_sink *sink,
			const struct physmap_audit_finding *finding)
{
	struct words *w = container_of(sink, struct words, sink);

	physmap_print_finding(&w->to.out, finding);
}

static void log_finding(struct physmap_sink *sink,
			const struct physmap_audit_finding *f)
{
	pr_err("audit: %s: %#llx-%#llx %s\n", f->rule, f->va, f->end, f->text);
}

/*
 * With physmap=off nothing is known of what was asked for, so nothing can be
 * found; but the ranges are listed, so that two builders can be compared in
 * the same words.
 */
static void list_ranges(struct words *w)
{
	static struct physmap_report nothing;

	physmap_log_add(&nothing.covered, 0, face.map->geo->pa_limit);
	seq_puts(w->to.seq, "findings: not looked for, physmap=off\n");
	physmap_audit(face.map, &nothing, &w->sink);
}

static int audit_show(struct seq_file *seq, void *unused)
{
	struct words count = {
		.sink = { .range = no_range, .finding = no_finding },
	};
	struct words w = {
		.sink = { .range = seq_range, .finding = no_finding },
		.to = { .out.vprint = seq_vprint, .seq = seq },
	};

	if (mode == MODE_OFF) {
		list_ranges(&w);
		return 0;
	}
	seq_printf(seq, "findings: %llu\n",
		   physmap_audit(face.map, face.report, &count.sink));
	w.sink.finding = seq_finding;
	physmap_audit(face.map, face.report, &w.sink);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(audit);

/* The trace */

#ifdef CONFIG_PHYSMAP_TRACE
static struct physmap_trace trace;
static u8 trace_buffer[CONFIG_PHYSMAP_TRACE_KB * 1024];
static bool trace_on __ro_after_init;
/* Events come one at a time; it is the file that may be read meanwhile. */
static DEFINE_SPINLOCK(trace_lock);

static int __init parse_trace(char *arg)
{
	if (arg && *arg)
		pr_warn("physmap_trace takes no value; \"%s\" is ignored\n", arg);
	trace_on = true;
	return 0;
}
early_param("physmap_trace", parse_trace);

static void trace_event(struct physmap_recorder *recorder,
			const struct physmap_event *e)
{
	spin_lock(&trace_lock);
	trace.recorder.event(&trace.recorder, e);
	spin_unlock(&trace_lock);
}

/**
 * physmap_linux_recorder() - who is to get a map's events
 *
 * Context: once, before anything is built.
 * Return: the trace with physmap_trace on the command line, else NULL.
 */
struct physmap_recorder *physmap_linux_recorder(void)
{
	static struct physmap_recorder recorder = { .event = trace_event };

	if (!trace_on)
		return NULL;
	physmap_trace_start(&trace, trace_buffer, sizeof(trace_buffer));
	return &recorder;
}

/* A file as it was when it was opened; events are only ever added. */
struct trace_view {
	u8 header[PHYSMAP_TRACE_HEADER];
	struct physmap_trace_extent extent;
};

static int trace_open(struct inode *inode, struct file *file)
{
	struct physmap_trace_machine machine = { };
	struct trace_view *view;

	if (!trace_on)
		return -ENODATA;
	view = kmalloc(sizeof(*view), GFP_KERNEL);
	if (!view)
		return -ENOMEM;
	spin_lock(&trace_lock);
	view->extent = trace.extent;
	spin_unlock(&trace_lock);
	face.machine(&machine);
	physmap_trace_header(view->header, &machine, &view->extent,
			     trace_buffer);
	file->private_data = view;
	return 0;
}

static ssize_t trace_read(struct file *file, char __user *to, size_t size,
			  loff_t *at)
{
	const struct trace_view *view = file->private_data;
	loff_t in_body = *at - sizeof(view->header);
	ssize_t n;

	if (in_body < 0)
		return simple_read_from_buffer(to, size, at, view->header,
					       sizeof(view->header));
	n = simple_read_from_buffer(to, size, &in_body, trace_buffer,
				    view->extent.bytes);
	if (n > 0)
		*at += n;
	return n;
}

static int trace_release(struct inode *inode, struct file *file)
{
	kfree(file->private_data);
	return 0;
}

static const struct file_operations trace_fops = {
	.owner = THIS_MODULE,
	.open = trace_open,
	.read = trace_read,
	.release = trace_release,
	.llseek = default_llseek,
};

static void say_trace(void)
{
	const struct physmap_trace_extent *x = &trace.extent;

	if (!trace_on)
		return;
	pr_info("trace: %llu events in %llu of %zu bytes\n", x->events,
		x->bytes, sizeof(trace_buffer));
	if (x->lost)
		pr_warn("trace: full, %llu events lost; CONFIG_PHYSMAP_TRACE_KB is too small\n",
			x->lost);
}
#endif /* CONFIG_PHYSMAP_TRACE */

static void say_summary(void)
{
	const struct physmap_report *r = face.report;
	u64 leaves = r->shape.early + r->shape.final;
	u64 kept = 0;
	int i;

	for (i = 0; i < PHYSMAP_MAX_LEVELS; i++)
		kept += r->shape.found[i];
	pr_info("%s, %s, %u levels: %llu leaves and %llu tables made, %llu entries kept (%llu read-only)\n",
		mode_names[mode], face.map->hooks->name, face.map->geo->levels,
		leaves, r->shape.tables, kept, r->shape.kept_read_only);
	pr_info("pass 1: %llu leaves early, %llu final; %llu boundary flushes; pass 2: %llu leaves finished\n",
		r->shape.early, r->shape.final, r->boundary.flushes,
		r->attributes.finished);
}

static void say_audit(void)
{
	struct words w = {
		.sink = { .range = no_range, .finding = log_finding },
	};
	u64 findings = physmap_audit(face.map, face.report, &w.sink);

	pr_info("audit: %llu findings in %llu ranges\n", findings, w.ranges);
}

static int __init physmap_linux_init(void)
{
	struct dentry *dir = debugfs_create_dir("physmap", NULL);

	debugfs_create_file("report", 0400, dir, NULL, &report_fops);
	debugfs_create_file("audit", 0400, dir, NULL, &audit_fops);
#ifdef CONFIG_PHYSMAP_FAULTS
	debugfs_create_u32("fail_table", 0600, dir, &fail_table);
#endif
#ifdef CONFIG_PHYSMAP_TRACE
	debugfs_create_file("trace", 0400, dir, NULL, &trace_fops);
#endif
	physmap_linux_find_map();
	if (mode == MODE_OFF) {
		pr_info("off: the kernel's own builder was used\n");
		return 0;
	}
	say_summary();
	say_audit();
#ifdef CONFIG_PHYSMAP_TRACE
	say_trace();
#endif
	return 0;
}
late_initcall(physmap_linux_init);
