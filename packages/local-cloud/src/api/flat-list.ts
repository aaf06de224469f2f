/** A list that the query protocol writes as repeated elements, with no `<member>` around each (SQS). */
export class FlatList {
  readonly items: readonly unknown[]

  constructor(items: readonly unknown[]) {
    this.items = items
  }
}
