import 'fake-indexeddb/auto';
import { cleanup, configure } from '@testing-library/react';
import { afterEach } from 'vitest';

// A busy machine may take its time; what is waited for comes all the same.
configure({ asyncUtilTimeout: 10_000 });

// The test page's DOM knows no modal dialogs; in Chromium they are tested for real.
HTMLDialogElement.prototype.showModal ??= function showModal() {
  this.open = true;
};

afterEach(() => {
  cleanup();
  localStorage.clear();
});
