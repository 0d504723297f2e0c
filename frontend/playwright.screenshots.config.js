import config from './playwright.config.js';

/** `make screenshots`: every view on both devices, in both languages. */
export default {
  ...config,
  testMatch: 'screenshots.js',
  reporter: 'list',
  use: { ...config.use, trace: /** @type {const} */ ('off') },
  projects: config.projects?.map(({ grep: _, ...project }) => project),
};
