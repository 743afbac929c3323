"""How is a document made? Charts, and texts set on paper: nothing here knows what they say."""
