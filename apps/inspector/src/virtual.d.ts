declare module 'virtual:layouts' {
  import type { PackedLayouts } from '@sigchart/chart/svg';

  /** The layouts of the project's own machines, by the hash of their definition. */
  export const layouts: Readonly<Record<string, PackedLayouts>>;
}
