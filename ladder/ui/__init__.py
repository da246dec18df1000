"""The browser app: shell, page frame, controls, components. With app.py and pages/ the only place for streamlit."""
