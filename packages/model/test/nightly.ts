/** `SIGCHART_MODEL=nightly` explores further; otherwise in a size for every run. */
export const isNightly = process.env.SIGCHART_MODEL === 'nightly';
