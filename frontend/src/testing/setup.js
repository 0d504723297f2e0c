import 'fake-indexeddb/auto';
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

// The test page's DOM knows no modal dialogs; in Chromium they are tested for real.
HTMLDialogElement.prototype.showModal ??= function showModal() {
  this.open = true;
};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
