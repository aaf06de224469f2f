import type { Members } from './template.ts'

export interface StackIdentity {
  name: string
  /** Its ARN. */
  id: string
}

/** A resource that exists. */
export interface MadeResource {
  /** What `Ref` gives. */
  physicalId: string
  /** What `Fn::GetAtt` gives, by name. */
  attributes: Members
}

/** A resource to be made, its properties resolved. */
export interface ResourceRequest {
  logicalId: string
  type: string
  properties: Members
  stack: StackIdentity
  /** A name for a resource that the template gives none: of stack, logical id and chance. */
  generatedName: (maximumLength: number) => string
}

export interface ExistingResource extends ResourceRequest {
  made: MadeResource
}

/** How one type of resource is made, changed and removed. */
export interface ResourceProvider {
  /** Properties that it acts on. */
  understands: readonly string[]
  /** Properties that it passes over, as they change nothing here. */
  passesOver: readonly string[]
  create(request: ResourceRequest): MadeResource | Promise<MadeResource>
  /** Takes what exists by the name that the template gives it. @returns undefined where there is none */
  adopt?(request: ResourceRequest): MadeResource | undefined
  /** Without it, a change makes a new resource and then removes the old one. */
  update?(request: ResourceRequest, old: ExistingResource): MadeResource | Promise<MadeResource>
  delete(existing: ExistingResource): void | Promise<void>
}
