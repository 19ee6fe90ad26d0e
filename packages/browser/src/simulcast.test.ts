import { expect, test } from 'vitest';
import { sendWholePicture, simulcastEncodings } from './simulcast.ts';

test('a video of 540 lines or more is sent in three encodings', () => {
  expect(simulcastEncodings({ width: 1280, height: 720 })).toEqual([
    { rid: 'low', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: 'middle', scaleResolutionDownBy: 2, maxBitrate: 450_000 },
    { rid: 'high', scaleResolutionDownBy: 1, maxBitrate: 2_000_000 },
  ]);
  expect(simulcastEncodings({ width: 540, height: 960 })).toHaveLength(3);
});

test('a smaller video is sent in one encoding, unless it is to be sent in two', () => {
  expect(simulcastEncodings({ width: 640, height: 360 })).toBeUndefined();
  expect(simulcastEncodings({ width: 640, height: 360 }, true)).toEqual([
    { rid: 'middle', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
    { rid: 'high', scaleResolutionDownBy: 1, maxBitrate: 450_000 },
  ]);
  expect(simulcastEncodings({ width: 320, height: 180 }, true)).toBeUndefined();
});

test('a video of unknown size is sent in several encodings only if that is asked for, without limits', () => {
  expect(simulcastEncodings({})).toBeUndefined();
  expect(simulcastEncodings({}, true)).toEqual([
    { rid: 'low', scaleResolutionDownBy: 4 },
    { rid: 'middle', scaleResolutionDownBy: 2 },
    { rid: 'high', scaleResolutionDownBy: 1 },
  ]);
});

test('an explicit choice overrides the default', () => {
  expect(simulcastEncodings({ width: 1920, height: 1080 }, false)).toBeUndefined();
});

const senderOf = (encodings: RTCRtpEncodingParameters[]) => {
  const kept: RTCRtpEncodingParameters[][] = [];
  return {
    kept,
    getParameters: () => ({ encodings: structuredClone(encodings) }) as unknown as RTCRtpSendParameters,
    setParameters: async (parameters: RTCRtpSendParameters) => {
      kept.push(parameters.encodings);
    },
  };
};

test('the remaining encoding has the full resolution if a server accepts only one', async () => {
  const one = senderOf([{ rid: 'low', scaleResolutionDownBy: 4, maxBitrate: 150_000 }]);
  await sendWholePicture(one);
  expect(one.kept).toEqual([[{ rid: 'low', scaleResolutionDownBy: 1 }]]);
});

test('several encodings, and one of full resolution, stay unchanged', async () => {
  for (const encodings of [[{ rid: 'low', scaleResolutionDownBy: 4 }, { rid: 'high' }], [{}], []]) {
    const sender = senderOf(encodings);
    await sendWholePicture(sender);
    expect(sender.kept).toEqual([]);
  }
});
