import { rule } from './rule.ts';

export const classesAgree = rule(
  ['dataset.foreground', 'model.outChannels', 'model.name'],
  ({ dataset, model }, { report, spanOf }) => {
    const { foreground } = dataset.settings;
    const { outChannels } = model.settings;
    if (foreground === null && outChannels === null) {
      report('EXP3004', 'model', {}, { help: 'set `out_channels`, background included, or `foreground` in `dataset`' });
    }
    if (foreground !== null && outChannels !== null && outChannels !== 2) {
      const span = spanOf('model.outChannels');
      report(
        'EXP3003',
        span,
        { channels: outChannels },
        {
          related: [{ span: spanOf('dataset.foreground'), message: 'merged here' }],
          fix: { title: 'write `2`', span, replacement: '2' },
        },
      );
    }
  },
);
