/** Settings of the nucleus that the two readers of its files are asked for: at the top, and further down. */
export const settings = {
  certificateFilePath: ['system', 'certificateFilePath'],
  privateKeyPath: ['system', 'privateKeyPath'],
  mqttPort: ['services', 'aws.greengrass.Nucleus', 'configuration', 'mqtt', 'port'],
} as const
export type Setting = keyof typeof settings
export const settingNames = Object.keys(settings) as Setting[]
