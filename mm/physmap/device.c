// SPDX-License-Identifier: GPL-2.0-only
/*
 * One call that maps a device, whatever translates or protects: what no device
 * can be is refused before anything is touched, the rest is the window's. Keeps
 * MPU-6 and ARM-ATTR-3.
 */
#include <linux/errno.h>
#include <linux/types.h>
#include <physmap/device.h>

static int refuse(const struct physmap_device *dev, struct physmap_refusal *why,
		  const char *rule, const char *what, int error)
{
	*why = (struct physmap_refusal) {
		.rule = rule,
		.what = what,
		.pa = dev->start,
		.error = error,
	};
	return error;
}

static int check_range(const struct physmap_device *dev,
		       struct physmap_refusal *why)
{
	if (!dev->size)
		return refuse(dev, why, "MPU-6",
			      "the device has no bytes: say how large it is",
			      -EINVAL);
	if (dev->start + dev->size - 1 < dev->start)
		return refuse(dev, why, "MPU-6",
			      "the device goes beyond the last address: its size is wrong",
			      -EINVAL);
	return 0;
}

/**
 * physmap_map_device() - map a device's registers
 * @w: window, of physmap_device_mmu() or physmap_device_mpu()
 * @dev: device: physical address and size in bytes
 * @va: set to the virtual address of its first byte
 * @why: filled in on an error
 *
 * It can be read and written and is never executable, not for a moment. By an
 * MPU exactly these bytes are mapped (MPU-16). An MMU has nothing smaller than a
 * page, so what else is in the device's pages comes with it: the granule decides
 * what may lie beside a device (ARM-ATTR-3), and with pages of 64K that is up to
 * 64K. Boot with one CPU, or with whatever keeps others from changing the map.
 *
 * Return: 0; -EINVAL if there is no such device (MPU-6), nobody has said how it
 * wants to be accessed (ARM-ATTR-3), or an MPU cannot have its borders (MPU-1);
 * -EEXIST if it is mapped with other attributes already (ARM-ATTR-1); -ENOSPC if
 * there is no room; or the engine's error.
 */
int physmap_map_device(struct physmap_device_window *w,
		       const struct physmap_device *dev, u64 *va,
		       struct physmap_refusal *why)
{
	const int err = check_range(dev, why);

	if (err)
		return err;
	if (dev->type <= PHYSMAP_DEVICE_UNKNOWN ||
	    dev->type >= PHYSMAP_DEVICE_TYPES)
		return refuse(dev, why, "ARM-ATTR-3",
			      "nobody has said how this device wants to be accessed: give its type",
			      -EINVAL);
	return w->map(w, dev, va, why);
}

/**
 * physmap_unmap_device() - undo physmap_map_device()
 * @w: the same window
 * @dev: the same device
 * @why: filled in on an error
 *
 * A device that was mapped twice is gone when it was unmapped twice.
 *
 * Return: 0; -EINVAL for what is no device, -EOPNOTSUPP where what is mapped
 * stays: pages of a window; or the MPU's refusal.
 */
int physmap_unmap_device(struct physmap_device_window *w,
			 const struct physmap_device *dev,
			 struct physmap_refusal *why)
{
	const int err = check_range(dev, why);

	if (err)
		return err;
	if (!w->unmap)
		return refuse(dev, why, "ARM-BBM-12",
			      "what is mapped in tables stays: use the device as it is mapped",
			      -EOPNOTSUPP);
	return w->unmap(w, dev, why);
}
