import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json, for code that runs from the sources as well as from a bundle (`dist/…`, `dist/chunks/…`). */
export function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the package has lost its package.json');
    folder = parent;
  }
  return folder;
}

/** The bundled program that `launchTrainer` starts; `exp` builds it before it runs anything. */
export function trainerEntry(): string {
  return join(packageRoot(), 'dist/runtime/training/trainer-main.js');
}

/** The bundled program behind `exp predict` and `exp evaluate`. */
export function predictorEntry(): string {
  return join(packageRoot(), 'dist/runtime/predict/predict-main.js');
}

/** The bundled program that delivers a run which nobody attends. */
export function courierEntry(): string {
  return join(packageRoot(), 'dist/runtime/tracking/courier-main.js');
}
