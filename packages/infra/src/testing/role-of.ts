import type { Template } from 'aws-cdk-lib/assertions'

/**
 * The logical id of the role that a resource acts as, or has others act as.
 *
 * @param properties what to know the resource by
 * @throws where it names no role, or several
 */
export function roleOf(template: Template, type: string, properties: object): string {
  const text = JSON.stringify(template.findResources(type, { Properties: properties }))
  const [role, ...others] = Object.keys(template.findResources('AWS::IAM::Role')).filter(id =>
    text.includes(`{"Fn::GetAtt":["${id}","Arn"]}`),
  )
  if (role === undefined || others.length > 0) throw new Error(`There is not one role in ${text}.`)
  return role
}

/** The logical id of the role that a function runs as. */
export const roleOfFunction = (template: Template, functionName: string): string =>
  roleOf(template, 'AWS::Lambda::Function', { FunctionName: functionName })
