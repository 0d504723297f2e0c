import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The Host header stays as the browser sent it, so the server sees its own
// origin and needs no exception for development.
const target = process.env.BACKEND_URL ?? 'http://127.0.0.1:8080';
const proxy = {
  '/api': { target },
  '/ws': { target: target.replace(/^http/, 'ws'), ws: true },
};

export default defineConfig({
  plugins: [react()],
  envPrefix: 'REACT_APP_',
  server: {
    host: '127.0.0.1',
    port: Number(process.env.FRONTEND_PORT ?? 3000),
    strictPort: true,
    proxy,
  },
  preview: {
    host: '127.0.0.1',
    port: Number(process.env.FRONTEND_PORT ?? 3000),
    strictPort: true,
    proxy,
  },
  build: {
    outDir: 'build',
    assetsInlineLimit: 0,
    license: { fileName: 'licenses.md' },
  },
  css: { modules: { localsConvention: 'camelCaseOnly' } },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.{js,jsx}'],
    setupFiles: ['src/testing/setup.js'],
    restoreMocks: true,
    testTimeout: 30_000,
  },
});
