// Script of a page with an inspected client.
export { createClient } from '@sigchart/browser';
export { inspectTo } from '@sigchart/inspect';
