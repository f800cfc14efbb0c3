import { rule } from './rule.ts';

/** One file a channel: as many as the network reads. What a decathlon's files hold only they know. */
export const channelsAgree = rule(
  ['dataset.source', 'model.inChannels'],
  ({ dataset, model }, { report, spanOf }, { origins }) => {
    if (dataset.kind === 'decathlon') return;
    const isBids = dataset.kind === 'bids';
    const images = isBids ? dataset.settings.image.length : dataset.arguments.channels;
    const { inChannels } = model.settings;
    if (images === inChannels) return;
    const named = spanOf(isBids ? 'dataset.source.image' : 'dataset.source.channels');
    const isWritten = origins.get('model.inChannels')?.kind === 'written';
    const span = isWritten ? spanOf('model.inChannels') : named;
    report(
      'EXP3010',
      span,
      { channels: inChannels, images: images === 1 ? 'one image' : `${images} images` },
      isWritten
        ? {
            related: [{ span: named, message: 'named here' }],
            fix: { title: `write \`${images}\``, span, replacement: `${images}` },
          }
        : { help: `set \`in_channels: ${images}\` in \`model\`` },
    );
  },
);
