// SPDX-License-Identifier: GPL-2.0-only
/*
 * Devices as regions of an MPU: on demand, of their exact size, and with the
 * attributes of the device alone. Asks the MPU's engine and nothing else.
 * Keeps MPU-1, MPU-16 and MPU-17.
 */
#include <linux/container_of.h>
#include <linux/types.h>
#include <physmap/device.h>

static u32 attributes(enum physmap_device_type type)
{
	const u32 memtype = type == PHYSMAP_DEVICE_NGNRE ?
			    PHYSMAP_MPU_DEVICE_NGNRE :
			    PHYSMAP_MPU_DEVICE_NGNRNE;

	return PHYSMAP_WRITE | memtype;
}

/* What the MPU said, in the words of every window. */
static int pass_on(const struct physmap_mpu_refusal *mpu,
		   const struct physmap_device *dev, int err,
		   struct physmap_refusal *why)
{
	if (!err)
		return 0;
	*why = (struct physmap_refusal) {
		.rule = mpu->rule,
		.what = mpu->what,
		.va = dev->start,
		.pa = dev->start,
		.error = err,
	};
	return err;
}

/* The last granule may not reach beyond: not rounded but refused (MPU-1). */
static int map_region(struct physmap_device_window *window,
		      const struct physmap_device *dev, u64 *va,
		      struct physmap_refusal *why)
{
	struct physmap_device_mpu *w =
		container_of(window, struct physmap_device_mpu, window);
	const struct physmap_mpu_want want = {
		.name = dev->name,
		.start = dev->start,
		.end = dev->start + dev->size,
		.early = attributes(dev->type),
		.final = attributes(dev->type),
		.life = PHYSMAP_MPU_ON_DEMAND,
		.slot = PHYSMAP_MPU_LOWEST,
	};
	unsigned int slot;
	const int err = physmap_mpu_map(w->mpu, &want, &slot, &w->why);

	if (!err)
		*va = dev->start;
	return pass_on(&w->why, dev, err, why);
}

static int unmap_region(struct physmap_device_window *window,
			const struct physmap_device *dev,
			struct physmap_refusal *why)
{
	struct physmap_device_mpu *w =
		container_of(window, struct physmap_device_mpu, window);
	const int err = physmap_mpu_unmap(w->mpu, dev->start,
					  dev->start + dev->size, &w->why);

	return pass_on(&w->why, dev, err, why);
}

/**
 * physmap_device_mpu() - let devices have regions of an MPU
 * @w: filled in; @w->window is for physmap_map_device()
 * @mpu: MPU, after physmap_mpu_start()
 *
 * A device takes the lowest region that is free, so its plan should count it
 * among what is mapped on demand (MPU-17). One that a region has already, with
 * the same attributes, takes none: the early UART that assembly mapped. Virtual
 * addresses are physical ones (MPU-1).
 */
void physmap_device_mpu(struct physmap_device_mpu *w, struct physmap_mpu *mpu)
{
	*w = (struct physmap_device_mpu) {
		.window = { .map = map_region, .unmap = unmap_region },
		.mpu = mpu,
	};
}
