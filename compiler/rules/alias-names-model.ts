import { rule } from './rule.ts';

export const aliasNamesModel = rule(['track.register', 'track.alias'], ({ track }, { report }) => {
  if (track?.kind !== 'mlflow' || track.alias === null || track.register !== null) return;
  const help = `say of which model: \`register: "…", alias: ${JSON.stringify(track.alias)}\``;
  report('EXP3061', 'track.alias', { alias: track.alias }, { help });
});
