import react from '@vitejs/plugin-react';
import { loadEnv } from 'vite';
import { defineConfig } from 'vitest/config';
import { emojiData } from './scripts/emoji.js';
import { serviceWorker } from './scripts/worker.js';

const PREFIX = 'REACT_APP_';

/**
 * Code that comes from create-react-app reads `process.env`, which no browser
 * has. Variables that are not set are undefined there, as they were.
 * @param {Record<string, string>} env
 */
function asProcessEnv(env) {
  const names = Object.keys(env).filter((name) => name.startsWith(PREFIX));
  return {
    ...Object.fromEntries(names.map((name) => [`process.env.${name}`, JSON.stringify(env[name])])),
    'process.env': '{}',
  };
}

export default defineConfig(({ mode }) => {
  // From the environment, else from frontend/.env and its kin.
  const env = loadEnv(mode, import.meta.dirname, [PREFIX, 'FRONTEND_PORT', 'PORT', 'BACKEND_URL']);
  const target = env.BACKEND_URL || 'http://127.0.0.1:8080';
  const server = {
    host: '127.0.0.1',
    port: Number(env.FRONTEND_PORT || env.PORT || 3000),
    strictPort: true,
    // The Host header stays as the browser sent it, so the server sees its own
    // origin and needs no exception for development.
    proxy: {
      '/api': { target },
      '/readyz': { target },
      '/sendall': { target },
      '^/(ws|websocket|todo|echo)(\\?|$)': { target: target.replace(/^http/, 'ws'), ws: true },
    },
  };
  return {
    plugins: [react(), emojiData(), serviceWorker()],
    envPrefix: PREFIX,
    // The router asks for a stand-in of what React has by now.
    resolve: { alias: { 'use-sync-external-store/shim/index.js': 'react' } },
    define: process.env.VITEST ? {} : asProcessEnv(env),
    server,
    preview: server,
    build: {
      outDir: 'build',
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      license: { fileName: 'licenses.md' },
      rolldownOptions: {
        input: ['index.html', 'src/sw/sw.js'],
        output: {
          // All that the first load needs is one file: it is smaller than several, and sooner there.
          codeSplitting: {
            groups: [
              { name: 'index', tags: ['$initial'], test: (id) => !id.includes('/src/sw/') },
              { name: 'shared', minShareCount: 2 },
            ],
          },
          // Nobody finds the worker of a build but under the name it always has.
          entryFileNames: ({ facadeModuleId }) =>
            facadeModuleId?.endsWith('/src/sw/sw.js') ? 'sw.js' : 'assets/[name]-[hash].js',
        },
      },
    },
    css: { modules: { localsConvention: 'camelCaseOnly' } },
    test: {
      environment: 'happy-dom',
      include: ['src/**/*.test.{js,jsx}'],
      setupFiles: ['src/testing/setup.js'],
      restoreMocks: true,
      testTimeout: 30_000,
    },
  };
});
