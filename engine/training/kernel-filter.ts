/** The Kalman filter of the backend `native` (kernels/kalman.h). */
import type { Filter, FilterSettings } from './backend';
import { MAKE, RUN, SIZES, type Core } from './kernel-core';
import { placeBlocks } from './tile-blocks';
import type { Region } from './workshop';

const NO_FACTORS = { energy: 0, force: 0, stress: 0 };

export function createFilter(core: Core, settings: FilterSettings): Filter {
  const { workshop, segments, stride, parametersAt } = core;
  const blocks = placeBlocks(workshop, segments, stride, settings.blocks, settings.prior);
  const filterAt = workshop.allocate(SIZES.filter);
  const products: Region = { address: 0, bytes: 0 };
  return {
    state: Object.fromEntries(Object.entries(blocks.matrices).map(([name, matrix]) => [`covariance.${name}`, matrix])),
    update(parameters, { samples: batch, zeros, forgetting, ...scales }, sums) {
      const added = zeros.length;
      const wanted = { make: MAKE.rows, factors: NO_FACTORS, ...scales, added };
      const { rows: errors, totals, residuals, scratch } = core.match(parameters, batch, wanted, sums);
      const rows = errors + added;
      zeros.forEach((row, k) => {
        core.pack(row, totals + 8 * stride * (errors + k));
        const product = row.reduce((sum, coefficient, i) => sum + coefficient * parameters[i], 0);
        workshop.numbers(residuals, rows)[errors + k] = -product;
      });
      const productsAt = workshop.reserve(products, 8 * rows * (stride + rows));
      const view = workshop.view(filterAt, SIZES.filter);
      view.setFloat64(0, forgetting, true);
      const addresses = [blocks.at, totals, productsAt, residuals, parametersAt, productsAt + 8 * rows * stride];
      addresses.forEach((address, k) => view.setUint32(8 + 4 * k, address, true));
      [blocks.count, rows, stride, 0].forEach((value, k) => view.setInt32(32 + 4 * k, value, true));
      workshop.run(RUN.multiply, blocks.rows, filterAt, scratch);
      workshop.kernel.run_piece(RUN.factorize, filterAt, 0, 0);
      if (view.getInt32(44, true) !== 0) return false;
      workshop.run(RUN.solve, blocks.rows, filterAt, scratch);
      workshop.run(RUN.update, blocks.rows, filterAt, scratch);
      core.unpack(parametersAt, (at, value) => (parameters[at] = value));
      return true;
    },
  };
}
