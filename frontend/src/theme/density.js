import { memory } from '../lib/memory.js';

/** @typedef {'comfortable' | 'cosy' | 'compact'} Density */

const REMEMBERED = 'teahouse.density';

/** How much air there is between the rows. @returns {Density} */
export function currentDensity() {
  const density = memory.getItem(REMEMBERED);
  return density === 'cosy' || density === 'compact' ? density : 'comfortable';
}

/** Sets the rows this far apart from now on, and at the next visit. @param {Density} density */
export function applyDensity(density) {
  if (density === 'comfortable') {
    memory.removeItem(REMEMBERED);
    delete document.documentElement.dataset.density;
  } else {
    memory.setItem(REMEMBERED, density);
    document.documentElement.dataset.density = density;
  }
}
