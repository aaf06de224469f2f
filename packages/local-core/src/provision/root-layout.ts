import { join } from 'node:path'

/** Every path inside a Greengrass root folder. */
export interface RootLayout {
  readonly root: string
  readonly binFolder: string
  readonly configFolder: string
  readonly tlogFile: string
  readonly configFile: string
  readonly effectiveConfigFile: string
  readonly recipesFolder: string
  readonly logsFolder: string
  readonly ipcSocket: string
  readonly controlSocket: string
  /** Process groups of the components that run, one number a line: what a service manager would kill. */
  readonly processGroupsFile: string
  readonly workFolder: (component: string) => string
  readonly artifactsFolder: (component: string, version: string) => string
  readonly unarchivedFolder: (component: string, version: string) => string
  readonly logFile: (component: string) => string
}

export function rootLayout(root: string): RootLayout {
  return {
    root,
    binFolder: join(root, 'bin'),
    configFolder: join(root, 'config'),
    tlogFile: join(root, 'config', 'config.tlog'),
    configFile: join(root, 'config', 'config.yaml'),
    effectiveConfigFile: join(root, 'config', 'effectiveConfig.yaml'),
    recipesFolder: join(root, 'packages', 'recipes'),
    logsFolder: join(root, 'logs'),
    ipcSocket: join(root, 'ipc.socket'),
    controlSocket: join(root, 'control.socket'),
    processGroupsFile: join(root, 'process-groups'),
    workFolder: component => join(root, 'work', component),
    artifactsFolder: (component, version) => join(root, 'packages', 'artifacts', component, version),
    unarchivedFolder: (component, version) =>
      join(root, 'packages', 'artifacts-unarchived', component, version),
    logFile: component => join(root, 'logs', `${component}.log`),
  }
}
