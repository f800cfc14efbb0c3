/** What a run leaves for people and for other tools, in its folder and among its artifacts. */
export const RESULTS_FOLDER = 'results';
/** Metrics of single cases. */
export const CASES_FILE = 'cases.json';
export const CASES_TABLE = 'cases.csv';
/** All metrics over the epochs. */
export const CURVES_FILE = 'curves.png';
