// What a page with an inspected client is made of.
export { createClient } from '@sigchart/browser';
export { inspectTo } from '@sigchart/inspect';
