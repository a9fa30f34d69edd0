"""The address of a picture's file; `pictures/` is what the settings call the folder's address."""

from django.urls import path

from pictures import views

urlpatterns = [path("<str:name>", views.picture, name="picture")]
