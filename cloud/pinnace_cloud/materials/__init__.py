"""What components are rendered with and do not hold themselves, such as a chart. Rules only: adapters bring it."""
